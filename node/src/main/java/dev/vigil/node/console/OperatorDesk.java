package dev.vigil.node.console;

import dev.vigil.node.ingest.Arrival;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Predicate;

/** Where an operator's orders go: the composition says where. Any thread. */
@ApplicationScoped
public class OperatorDesk {
    private volatile Predicate<Arrival> taker = _ -> false;

    /** From now on orders go to {@code orders}, which says whether it took them. */
    public void serve(Predicate<Arrival> orders) {
        taker = orders;
    }

    /** False when nobody takes orders now. */
    boolean take(Arrival order) {
        return taker.test(order);
    }
}
