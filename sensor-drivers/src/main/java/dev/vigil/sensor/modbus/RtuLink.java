package dev.vigil.sensor.modbus;

import com.digitalpetri.modbus.Crc16;
import com.digitalpetri.modbus.ModbusRtuFrame;
import com.digitalpetri.modbus.ModbusRtuResponseFrameParser;
import com.digitalpetri.modbus.ModbusRtuResponseFrameParser.Accumulated;
import com.digitalpetri.modbus.ModbusRtuResponseFrameParser.ParseError;
import com.digitalpetri.modbus.ModbusRtuResponseFrameParser.ParserState;
import dev.vigil.sensor.BusFault;
import dev.vigil.sensor.bus.SerialPort;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * Modbus over a serial line, RTU (Modbus over serial line V1.02, 2.5.1): address, request, CRC-16,
 * low byte first. Owned by its bus' thread. Bytes that came before the request are forgotten.
 */
public final class RtuLink implements ModbusLink {
    private static final int FRAME_BYTES_MAX = 256;
    private static final int CRC_BYTES = 2;

    /** A frame may come in pieces, of a byte at least. */
    private static final int READS_MAX = FRAME_BYTES_MAX;

    private final SerialPort port;
    private final Duration wait;

    /**
     * @param wait a device answers within it
     */
    public RtuLink(SerialPort port, Duration wait) {
        this.port = port;
        this.wait = wait;
    }

    @Override
    public String name() {
        return port.name();
    }

    @Override
    public byte[] ask(int unit, byte[] pdu) throws BusFault {
        ByteBuffer frame =
                ByteBuffer.allocate(1 + pdu.length + CRC_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        frame.put((byte) unit).put(pdu);
        frame.putShort((short) crc(unit, ByteBuffer.wrap(pdu)));
        port.discardInput();
        port.write(frame.array());
        ModbusRtuResponseFrameParser parser = new ModbusRtuResponseFrameParser();
        for (int reads = 0; reads < READS_MAX; reads++) {
            byte[] piece = port.read(FRAME_BYTES_MAX, wait);
            if (piece.length == 0) {
                throw fault(
                        BusFault.Kind.NO_ANSWER, unit, "no answer in " + wait.toMillis() + " ms");
            }
            ParserState state = parser.parse(piece);
            if (state instanceof Accumulated(var answer)) {
                return checked(unit, answer);
            }
            if (state instanceof ParseError(_, var error)) {
                throw fault(BusFault.Kind.BROKEN, unit, error);
            }
        }
        throw fault(BusFault.Kind.BROKEN, unit, "its answer does not end");
    }

    private byte[] checked(int unit, ModbusRtuFrame answer) throws BusFault {
        int told =
                Short.toUnsignedInt(
                        answer.crc().duplicate().order(ByteOrder.LITTLE_ENDIAN).getShort());
        int right = crc(answer.unitId(), answer.pdu().duplicate());
        if (told != right) {
            throw fault(
                    BusFault.Kind.BROKEN,
                    unit,
                    "its answer has checksum %04X, right would be %04X".formatted(told, right));
        }
        if (answer.unitId() != unit) {
            throw fault(BusFault.Kind.BROKEN, unit, "unit %d answered".formatted(answer.unitId()));
        }
        byte[] pdu = new byte[answer.pdu().remaining()];
        answer.pdu().duplicate().get(pdu);
        return pdu;
    }

    @Override
    public void close() {
        port.close();
    }

    private static int crc(int unit, ByteBuffer pdu) {
        Crc16 crc = new Crc16();
        crc.update(unit);
        crc.update(pdu);
        return crc.getValue() & 0xFFFF;
    }

    private BusFault fault(BusFault.Kind kind, int unit, String what) {
        return new BusFault(kind, "modbus unit %d on %s: %s".formatted(unit, name(), what));
    }
}
