package dev.vigil.sensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChannelsTest {
    private static final List<Measurand> MEASURANDS =
            List.of(
                    Measurand.of(Quantity.TEMPERATURE),
                    Measurand.of(Quantity.HUMIDITY),
                    Measurand.of(Quantity.PRESSURE));
    private static final SensorChannel HUMIDITY = DriverTrial.channel("hall", Quantity.HUMIDITY);

    @Test
    void onlyWhatTheSiteWantsBecomesAReading() {
        Channels channels = Channels.of(MEASURANDS, Map.of("humidity", HUMIDITY));
        List<Reading> readings = channels.readings(Instant.EPOCH, Quality.GOOD, 20, 45, 1e5);
        assertEquals(List.of(new Reading(HUMIDITY, 45, Quality.GOOD, Instant.EPOCH)), readings);
        assertEquals(List.of(HUMIDITY), channels.list());
    }

    @Test
    void whatWasNotMeasuredIsBad() {
        Channels channels = Channels.of(MEASURANDS, Map.of("humidity", HUMIDITY));
        List<Reading> readings =
                channels.readings(Instant.EPOCH, Quality.GOOD, 20, Double.NaN, 1e5);
        assertEquals(List.of(new Reading(HUMIDITY, 0, Quality.BAD, Instant.EPOCH)), readings);
    }

    @Test
    void refusesWhatIsNotMeasured() {
        for (Map<String, SensorChannel> wrong :
                List.of(
                        Map.<String, SensorChannel>of(),
                        Map.of("rain", HUMIDITY),
                        Map.of("temperature", HUMIDITY))) {
            var thrown =
                    assertThrows(
                            IllegalArgumentException.class, () -> Channels.of(MEASURANDS, wrong));
            assertTrue(
                    String.valueOf(thrown.getMessage())
                            .matches(".*(without one|not measured|measured as).*"),
                    thrown::getMessage);
        }
    }
}
