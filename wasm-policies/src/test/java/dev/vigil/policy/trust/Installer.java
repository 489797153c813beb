package dev.vigil.policy.trust;

import java.nio.file.Path;
import java.util.TreeMap;

/**
 * A process that installs and arms one version after the other until it is killed, and says each
 * time what is armed: for {@link KilledInstallIT}.
 */
final class Installer {
    static final String POLICY = "acme.heat-rise";

    private Installer() {}

    public static void main(String[] arguments) {
        var site = new TrustSite();
        PolicyStore store = PolicyStore.open(Path.of(arguments[0]));
        long counter = store.shelf(POLICY).highest();
        var versions = new TreeMap<Long, Bundle.Verified>();
        for (int i = 1; i <= 2000; i++) {
            Bundle.Verified version =
                    versions.computeIfAbsent(counter + i, c -> site.verified(POLICY, c));
            store.install(version).ifPresent(Installer::refused);
            Stored armed = store.arm(POLICY);
            // CHECKSTYLE OFF: what it says is what the test reads
            System.out.println(armed.counter());
            // CHECKSTYLE ON
        }
    }

    private static void refused(Bundle.Refused refused) {
        throw new IllegalStateException(refused.message());
    }
}
