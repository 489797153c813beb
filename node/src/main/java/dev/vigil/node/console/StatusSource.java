package dev.vigil.node.console;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where page, health and metrics get their picture of the node. Any thread.
 *
 * <p>The composition calls {@link #serve} when the node is put together and {@link #stop} before it
 * is taken apart; in between the supplier is called by the console's threads, at most a few times a
 * second, and must not block.
 */
@ApplicationScoped
public class StatusSource {
    private volatile @Nullable Supplier<NodeStatus> supplier;

    public void serve(Supplier<NodeStatus> pictures) {
        supplier = pictures;
    }

    /** From now on there is no picture. */
    public void stop() {
        supplier = null;
    }

    /** A picture made now; empty before the node is put together. */
    public Optional<NodeStatus> current() {
        Supplier<NodeStatus> pictures = supplier;
        return pictures == null ? Optional.empty() : Optional.of(pictures.get());
    }
}
