package dev.vigil.policy.trust;

import dev.vigil.policy.Grant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a site gives its policies, signed by an operator. A manifest only asks. Immutable.
 *
 * <p>Numbers of {@link Grant#SITE} can't be exceeded; capabilities can be given to one policy that
 * no other has.
 */
public final class SiteGrants {
    /** Name of the file beside those of the {@link TrustStore}; may be missing. */
    public static final String FILE = "grants.json";

    /** Stands for every policy that has no grant of its own. */
    public static final String EVERY = "*";

    /** Of a site that says nothing. */
    public static final SiteGrants STANDARD = new SiteGrants(0, Instant.EPOCH, Map.of());

    private static final String TYPE = "application/vnd.vigil.grants.v1+json";
    private static final int GRANTS_MAX = 256;

    private final long serial;
    private final Instant issued;
    private final Map<String, Grant> grants;

    private SiteGrants(long serial, Instant issued, Map<String, Grant> grants) {
        this.serial = serial;
        this.issued = issued;
        this.grants = Map.copyOf(grants);
    }

    /**
     * Reads a folder; {@link #STANDARD} when it has no such file.
     *
     * @throws TrustFault naming the file, what is there and the rule
     */
    public static SiteGrants load(Path folder, TrustStore trust) {
        Path file = folder.resolve(FILE);
        return Files.exists(file) ? of(TrustStore.read(file), trust) : STANDARD;
    }

    /**
     * @throws TrustFault naming what is there and the rule
     */
    public static SiteGrants of(byte[] json, TrustStore trust) {
        try {
            Envelope envelope = Envelope.read(json, TYPE, FILE);
            if (trust.signers(envelope, Role.OPERATOR).isEmpty()) {
                throw new TrustFault(
                        "%s: it is not signed with a valid operator's key of '%s'; signatures name %s"
                                .formatted(
                                        FILE,
                                        trust.site(),
                                        envelope.signatures().stream()
                                                .map(Envelope.SignedBy::keyId)
                                                .toList()));
            }
            Members members =
                    Members.read(envelope.payload().array(), FILE)
                            .only("site", "serial", "issued", "grants");
            if (!members.text("site").equals(trust.site())) {
                throw members.wrong(
                        "it is for site '%s', this one is '%s'"
                                .formatted(members.text("site"), trust.site()));
            }
            return new SiteGrants(
                    members.whole("serial", 1, TrustStore.SERIAL_MAX),
                    members.time("issued"),
                    grants(members.object("grants")));
        } catch (IllegalArgumentException e) {
            throw new TrustFault(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * {@code grants.json}.
     *
     * @param plain the grants as an operator writes them: by policy, or {@link #EVERY}; what is
     *     left out is as in {@link Grant#SITE}
     * @param serial higher than that of the one before
     * @throws IllegalArgumentException naming what is wrong with them
     */
    public static byte[] sign(
            byte[] plain, String site, long serial, Instant issued, KeyPair operator) {
        Members members = Members.read(plain, "grants");
        grants(members);
        var document = new LinkedHashMap<>(TrustDocument.head(site, serial, issued));
        document.put("grants", members.map());
        return TrustDocument.signed(TYPE, document, operator);
    }

    /** What the site gives this policy. */
    public Grant given(String policy) {
        Grant every = grants.getOrDefault(EVERY, Grant.SITE);
        return grants.getOrDefault(policy, every);
    }

    /**
     * What a policy asks for and does not get, a sentence each.
     *
     * @param asked the manifest's budget
     */
    public static List<String> reduced(Grant asked, Grant given) {
        Grant grant = asked.min(given);
        var reduced = new ArrayList<String>();
        reduced(reduced, "fuelPerReading", asked.fuelPerReading(), grant.fuelPerReading());
        reduced(reduced, "fuelPerCall", asked.fuelPerCall(), grant.fuelPerCall());
        reduced(reduced, "deadlineMs", asked.deadline().toMillis(), grant.deadline().toMillis());
        reduced(reduced, "pages", asked.pages(), grant.pages());
        reduced(reduced, "hostCallsPerBatch", asked.hostCallsPerBatch(), grant.hostCallsPerBatch());
        reduced(reduced, "stateBytes", asked.stateBytes(), grant.stateBytes());
        reduced(reduced, "slots", asked.slots(), grant.slots());
        for (String capability : new TreeSet<>(asked.capabilities())) {
            if (!grant.capabilities().contains(capability)) {
                reduced.add("capability '%s' asked for, not given".formatted(capability));
            }
        }
        return reduced;
    }

    long serial() {
        return serial;
    }

    Instant issued() {
        return issued;
    }

    private static void reduced(List<String> reduced, String member, long asked, long given) {
        if (given < asked) {
            reduced.add("%s: %d asked for, %d given".formatted(member, asked, given));
        }
    }

    private static Map<String, Grant> grants(Members members) {
        if (members.map().size() > GRANTS_MAX) {
            throw members.wrong(
                    "it has %d grants, allowed are %d".formatted(members.map().size(), GRANTS_MAX));
        }
        var grants = new HashMap<String, Grant>();
        for (Object name : members.map().keySet()) {
            String policy = (String) name;
            if (!policy.equals(EVERY)) {
                Statement.checkId(policy);
            }
            grants.put(policy, grant(members.object(policy)));
        }
        return grants;
    }

    private static Grant grant(Members members) {
        members.only(
                "fuelPerReading",
                "fuelPerCall",
                "deadlineMs",
                "pages",
                "hostCallsPerBatch",
                "stateBytes",
                "slots",
                "capabilities");
        Grant most = Grant.SITE;
        Set<String> capabilities =
                members.has("capabilities")
                        ? new HashSet<>(members.texts("capabilities"))
                        : most.capabilities();
        return new Grant(
                member(members, "fuelPerReading", 1, most.fuelPerReading()),
                member(members, "fuelPerCall", 1, most.fuelPerCall()),
                Duration.ofMillis(member(members, "deadlineMs", 1, most.deadline().toMillis())),
                (int) member(members, "pages", 1, most.pages()),
                (int) member(members, "hostCallsPerBatch", 0, most.hostCallsPerBatch()),
                (int) member(members, "stateBytes", 0, most.stateBytes()),
                (int) member(members, "slots", 1, most.slots()),
                capabilities);
    }

    private static long member(Members members, String member, long min, long most) {
        return members.has(member) ? members.whole(member, min, most) : most;
    }
}
