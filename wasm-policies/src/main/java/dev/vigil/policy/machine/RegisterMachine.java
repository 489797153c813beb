package dev.vigil.policy.machine;

import com.dylibso.chicory.runtime.Machine;

/** Executes register code for one instance. Owned by the thread that calls the instance. */
public final class RegisterMachine implements Machine, Meter {
    @Override
    public long[] call(int function, long[] arguments) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void refill(long fuel) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long left() {
        throw new UnsupportedOperationException();
    }
}
