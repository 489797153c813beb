package dev.vigil.policy;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;
import dev.vigil.policy.machine.FuelPlan;
import dev.vigil.policy.machine.Meter;

/**
 * The meter of an instance whose module went through {@link Metering}. Owned by the thread that
 * owns the instance.
 */
final class MeterGlobals implements Meter {
    private final GlobalInstance fuel;
    private final GlobalInstance depth;

    /** They are its last two globals. */
    MeterGlobals(Instance instance) {
        int globals = instance.module().globalSection().globalCount();
        fuel = instance.global(globals - 2);
        depth = instance.global(globals - 1);
    }

    @Override
    public void refill(long fuel) {
        this.fuel.setValue(fuel);
        depth.setValue(0L);
    }

    @Override
    public long left() {
        return fuel.getValue();
    }

    /** Whether the call was stopped because it nested too deeply. */
    boolean tooDeep() {
        return depth.getValue() > FuelPlan.CALL_DEPTH;
    }
}
