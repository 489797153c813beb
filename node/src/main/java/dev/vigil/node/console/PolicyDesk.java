package dev.vigil.node.console;

import dev.vigil.node.policies.PolicyKeeper;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** Where an operator's orders about policies go: the composition says where. Any thread. */
@ApplicationScoped
public class PolicyDesk {
    private static final int STARTING = 503;

    private volatile BiFunction<PolicyKeeper.Order, String, CompletableFuture<PolicyKeeper.Answer>>
            taker =
                    (_, _) ->
                            CompletableFuture.completedFuture(
                                    new PolicyKeeper.Answer(STARTING, "the node is starting\n"));

    /** From now on orders go to {@code orders}. */
    public void serve(
            BiFunction<PolicyKeeper.Order, String, CompletableFuture<PolicyKeeper.Answer>> orders) {
        taker = orders;
    }

    CompletableFuture<PolicyKeeper.Answer> take(PolicyKeeper.Order order, String who) {
        return taker.apply(order, who);
    }
}
