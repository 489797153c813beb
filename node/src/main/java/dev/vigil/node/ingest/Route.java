package dev.vigil.node.ingest;

import dev.vigil.sensor.SensorChannel;
import dev.vigil.sensor.UnitConversion;
import org.jspecify.annotations.Nullable;

/** How the payload of one topic is read. */
sealed interface Route {
    /** SenML, JSON or CBOR. */
    record Senml() implements Route {}

    record PlainNumber(SensorChannel channel, UnitConversion conversion) implements Route {}

    record JsonFields(
            SensorChannel channel, UnitConversion conversion, Pointer value, @Nullable Pointer time)
            implements Route {}

    /** It can't be, whatever it is. */
    record Closed(QuarantineReason kind, String reason) implements Route {}
}
