package dev.vigil.node.site;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The mistakes found so far in one file. Owned by the thread that reads it. */
final class Mistakes {
    /** More than that many are counted, not kept: the file is something else than a site.yaml. */
    static final int KEPT_MAX = 200;

    private final String file;
    private final List<Mistake> kept = new ArrayList<>();
    private int more;

    Mistakes(String file) {
        this.file = file;
    }

    void add(int line, String path, String text) {
        if (kept.size() < KEPT_MAX) {
            kept.add(new Mistake(file, line, path, text));
        } else {
            more++;
        }
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    /** In the order of lines. */
    List<Mistake> list() {
        List<Mistake> sorted = new ArrayList<>(kept);
        sorted.sort(Comparator.comparingInt(Mistake::line));
        if (more > 0) {
            sorted.add(new Mistake(file, 0, "", "and %d more mistakes".formatted(more)));
        }
        return List.copyOf(sorted);
    }
}
