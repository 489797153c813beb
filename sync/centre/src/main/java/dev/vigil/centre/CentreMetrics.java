package dev.vigil.centre;

import dev.vigil.centre.bridge.BridgeCounters;
import dev.vigil.centre.ledger.LedgerCounters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** {@code /q/metrics}: what this instance has done. Stateless; called by Quarkus' threads. */
@ApplicationScoped
public class CentreMetrics {
    @Produces
    @Singleton
    LedgerCounters ledger() {
        return new LedgerCounters();
    }

    @Produces
    @Singleton
    BridgeCounters bridge() {
        return new BridgeCounters();
    }

    void register(
            @Observes StartupEvent started,
            MeterRegistry registry,
            LedgerCounters ledger,
            BridgeCounters bridge) {
        counter(registry, bridge, "vigil_bridge_blocks", BridgeCounters::blocks);
        counter(registry, bridge, "vigil_bridge_quarantined", BridgeCounters::quarantinedMessages);
        counter(registry, bridge, "vigil_bridge_acks", BridgeCounters::acknowledgements);
        counter(registry, bridge, "vigil_bridge_disconnections", BridgeCounters::disconnections);
        counter(registry, ledger, "vigil_ledger_readings", LedgerCounters::readings);
        counter(registry, ledger, "vigil_ledger_alarms", LedgerCounters::alarms);
        counter(registry, ledger, "vigil_ledger_copies", LedgerCounters::copies);
        counter(registry, ledger, "vigil_ledger_quarantined", LedgerCounters::quarantinedMessages);
        counter(registry, ledger, "vigil_ledger_restarts", LedgerCounters::restarts);
        for (String change : List.of("opened", "closed", "abandoned")) {
            FunctionCounter.builder("vigil_ledger_gaps", ledger, counts -> counts.gaps(change))
                    .tag("change", change)
                    .register(registry);
        }
    }

    private static <T> void counter(
            MeterRegistry registry, T counters, String name, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, counters, value).register(registry);
    }
}
