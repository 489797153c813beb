package dev.vigil.sensor.modbus;

import dev.vigil.sensor.BusFault;

/** A way to Modbus devices. Owned by the thread of its bus. */
public interface ModbusLink extends AutoCloseable {
    /** As the site names it: {@code /dev/ttyUSB0}, {@code plc.example:502}. */
    String name();

    /**
     * Asks a device and waits for its answer.
     *
     * @param unit 1 to 247; over TCP 0 to 255
     * @param pdu the request without address and checksum (Modbus application protocol V1.1b3)
     * @return the answer, likewise
     * @throws BusFault NO_ANSWER when nothing came in time, BROKEN when its frame is wrong
     */
    byte[] ask(int unit, byte[] pdu) throws BusFault;

    /** Ends it; the next question, if there is one, begins anew. */
    @Override
    void close();
}
