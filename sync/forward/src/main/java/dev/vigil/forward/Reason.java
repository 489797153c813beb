package dev.vigil.forward;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Why something failed, for people: what is behind the wrapping. Stateless. */
final class Reason {
    private Reason() {}

    /** What began it. */
    static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** Kind and message of {@link #root}, where the kind says more than the message. */
    static String of(Throwable failure) {
        Throwable root = root(failure);
        String name = root.getClass().getSimpleName();
        return root.getMessage() == null ? name : name + ": " + root.getMessage();
    }

    /** In words: of some failures Java's message is the file's name alone. */
    static String ofFile(IOException failure) {
        return switch (failure) {
            case NoSuchFileException e -> e.getMessage() + ": no such file or directory";
            case AccessDeniedException e -> e.getMessage() + ": permission denied";
            default -> String.valueOf(failure.getMessage());
        };
    }
}
