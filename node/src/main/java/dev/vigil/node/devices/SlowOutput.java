package dev.vigil.node.devices;

import dev.vigil.node.watch.OutputFault;

/**
 * An output that may take its time: a program, a device on the network. Owned by one thread, which
 * may wait in every method.
 */
interface SlowOutput {
    String id();

    /**
     * Makes it so and keeps it so: called at each change and a few times a second.
     *
     * @param why names the incident, for the record
     */
    void keep(Wanted wanted, String why) throws OutputFault;

    /** Lets go of it, in the state it is in. */
    void close();

    /** What it is to be. */
    enum Wanted {
        /** Nobody knows yet: it is made ready, and not switched. */
        READY,
        OFF,
        ON
    }
}
