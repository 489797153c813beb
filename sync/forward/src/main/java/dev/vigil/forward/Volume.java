package dev.vigil.forward;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of a lane: an H2 database with consecutive blocks. Written by one run of the node only;
 * whatever was not durable when that run ended stays invisible, and the next run begins a new file.
 *
 * @param start sequence of its first record, which is its name
 * @param through last durable sequence; less than start when there is none
 * @param bytes size on disk
 * @param sealedAt steady age of the journal at which it was sealed
 */
record Volume(long start, long through, Form form, long bytes, Duration sealedAt) {
    /** What has been done with the file since it was written; said by its name. */
    enum Form {
        /** As it was appended to. */
        WRITTEN(""),
        /** Rewritten without H2's holes. */
        COMPACT(".compact"),
        /** With figures in place of readings, and gaps behind these, which are in loss records. */
        THINNED(".thinned"),
        /** What was left of a damaged one; may have gaps, which are in loss records. */
        SALVAGED(".salvaged");

        private final String suffix;

        Form(String suffix) {
            this.suffix = suffix;
        }

        boolean mayHaveGaps() {
            return this == THINNED || this == SALVAGED;
        }
    }

    static final String H2_SUFFIX = ".mv.db";
    private static final Pattern NAME = Pattern.compile("(\\d{19})((?:\\.[a-z]+)?)\\.mv\\.db");

    /** The volume that a file name stands for; through and bytes are the caller's to find. */
    static Optional<Volume> named(String fileName) {
        Matcher name = NAME.matcher(fileName);
        if (!name.matches()) {
            return Optional.empty();
        }
        for (Form form : Form.values()) {
            if (form.suffix.equals(name.group(2))) {
                long start = Long.parseLong(name.group(1));
                return Optional.of(new Volume(start, start - 1, form, 0, Duration.ZERO));
            }
        }
        return Optional.empty();
    }

    /** Without H2's suffix. */
    String database() {
        return "%019d%s".formatted(start, form.suffix);
    }

    String fileName() {
        return database() + H2_SUFFIX;
    }

    Volume as(Form changed, long changedBytes) {
        return new Volume(start, through, changed, changedBytes, sealedAt);
    }

    Volume upTo(long changedThrough, long changedBytes) {
        return new Volume(start, changedThrough, form, changedBytes, sealedAt);
    }

    Volume sealed(Duration age) {
        return new Volume(start, through, form, bytes, age);
    }

    long recordsAfter(long sequence) {
        return Math.max(0, through - Math.max(start - 1, sequence));
    }
}
