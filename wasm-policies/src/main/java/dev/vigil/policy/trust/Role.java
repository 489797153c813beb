package dev.vigil.policy.trust;

import java.util.Locale;

/** What a key of the trust store may sign. A key has one role. */
public enum Role {
    /** Vouches that a policy is its own work. */
    AUTHOR,
    /** Decides what runs on the nodes of a site; no policy is installed without it. */
    OPERATOR;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Role of(Members members) {
        String word = members.text("role");
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return role;
            }
        }
        throw members.wrong("role is '%s', there are author and operator".formatted(word));
    }
}
