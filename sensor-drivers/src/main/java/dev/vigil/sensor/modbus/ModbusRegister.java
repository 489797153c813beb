package dev.vigil.sensor.modbus;

import com.digitalpetri.modbus.ExceptionCode;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.pdu.ReadInputRegistersRequest;
import dev.vigil.sensor.Quality;
import dev.vigil.sensor.Reading;
import dev.vigil.sensor.Sensor;
import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.SensorFault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * One value of a Modbus device (Modbus application protocol V1.1b3, 6.3 and 6.4). Owned by its bus'
 * thread.
 */
public final class ModbusRegister implements Sensor {
    private static final int REQUEST_BYTES = 5;
    private static final int EXCEPTION = 0x80;

    /**
     * Where the value is.
     *
     * @param unit of the device
     * @param input an input register (function 4), not a holding register (function 3)
     * @param address 0 to 65535, as in the message: "register 40001" is 0
     */
    public record Place(int unit, boolean input, int address) {
        public Place {
            if (unit < 0 || unit > 255 || address < 0 || address > 0xFFFF) {
                throw new IllegalArgumentException(
                        "modbus unit %d, address %d: must be 0 to 255, and 0 to 65535"
                                .formatted(unit, address));
            }
        }

        private int function() {
            return input ? 4 : 3;
        }
    }

    private final ModbusLink link;
    private final Place place;
    private final RegisterFormat format;
    private final SensorChannel channel;
    private final Duration interval;
    private final byte[] request;

    public ModbusRegister(
            ModbusLink link,
            Place place,
            RegisterFormat format,
            SensorChannel channel,
            Duration interval) {
        this.link = link;
        this.place = place;
        this.format = format;
        this.channel = channel;
        this.interval = interval;
        this.request = request(place, format.registers());
    }

    private static byte[] request(Place place, int registers) {
        ByteBuffer request = ByteBuffer.allocate(REQUEST_BYTES);
        if (place.input) {
            ReadInputRegistersRequest.Serializer.encode(
                    new ReadInputRegistersRequest(place.address, registers), request);
        } else {
            ReadHoldingRegistersRequest.Serializer.encode(
                    new ReadHoldingRegistersRequest(place.address, registers), request);
        }
        return request.array();
    }

    @Override
    public List<SensorChannel> channels() {
        return List.of(channel);
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public List<Reading> sample(Instant now) throws SensorFault {
        byte[] answer = link.ask(place.unit, request);
        int function = Byte.toUnsignedInt(answer[0]);
        if (function == (place.function() | EXCEPTION) && answer.length >= 2) {
            int code = Byte.toUnsignedInt(answer[1]);
            throw fault(
                    "exception %d, %s"
                            .formatted(
                                    code,
                                    ExceptionCode.from(code)
                                            .map(ExceptionCode::name)
                                            .orElse("unknown")));
        }
        int bytes = 2 * format.registers();
        boolean right =
                function == place.function()
                        && answer.length == 2 + bytes
                        && Byte.toUnsignedInt(answer[1]) == bytes;
        if (!right) {
            throw fault(
                    "answers function %d with %d bytes, asked was function %d for %d"
                            .formatted(function, answer.length - 2, place.function(), bytes));
        }
        double value = format.value(Arrays.copyOfRange(answer, 2, answer.length));
        if (!Double.isFinite(value)) {
            throw fault("says %s".formatted(value));
        }
        return List.of(new Reading(channel, value, Quality.GOOD, now));
    }

    private SensorFault fault(String what) {
        return new SensorFault(
                "modbus unit %d on %s, %s register %d: %s"
                        .formatted(
                                place.unit,
                                link.name(),
                                place.input ? "input" : "holding",
                                place.address,
                                what));
    }
}
