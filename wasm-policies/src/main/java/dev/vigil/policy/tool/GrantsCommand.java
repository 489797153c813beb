package dev.vigil.policy.tool;

import dev.vigil.policy.trust.SiteGrants;
import dev.vigil.policy.trust.TrustFault;
import dev.vigil.policy.trust.TrustStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** {@code grants}: what a site gives its policies, signed by an operator. Stateless. */
final class GrantsCommand {
    private GrantsCommand() {}

    static int run(List<String> words, Streams io) {
        Arguments arguments = Arguments.of(words, Set.of("--from", "--key", "--serial"), Set.of());
        Path folder = Path.of(arguments.name("folder"));
        byte[] plain = Disk.read(Path.of(arguments.need("--from")));
        Instant now = CommandTime.second();
        long serial = CommandTime.serial(arguments, now);
        Path file = folder.resolve(SiteGrants.FILE);
        try {
            TrustStore trust = TrustStore.load(folder);
            byte[] signed =
                    SiteGrants.sign(
                            plain,
                            trust.site(),
                            serial,
                            now,
                            KeyFiles.pair(Path.of(arguments.need("--key"))));
            // Nothing is written that a node would refuse.
            SiteGrants.of(signed, trust);
            Disk.write(file, signed);
            io.out()
                    .println(
                            "%s: what site '%s' gives its policies, serial %d"
                                    .formatted(file, trust.site(), serial));
            return 0;
        } catch (TrustFault | IllegalArgumentException e) {
            throw ToolFailure.broken(String.valueOf(e.getMessage()));
        }
    }
}
