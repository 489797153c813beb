package dev.vigil.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FireRecordingTest {
    private static final List<String> CSV =
            List.of(
                    "TIME,TCA_1,TCB_1,TCC_1,TCD_1,TCE_1,SMA_4,SMA_1,SMB_4,SMC_1,SMD_1,SME_1,GASB_1",
                    "0.00E+00,2.1E+01,2.2E+01,2.3E+01,2.4E+01,2.5E+01,9,0.0E+00,0.0E+00,0,0,-1.0E-03,1.0E-02",
                    "2.00E+00,2.1E+01,2.2E+01,2.3E+01,2.4E+01,2.5E+01,9,1.0E+00,2.3E-02,0,0,0,1.0E-02");

    @Test
    void takesTheSmokeMeterNearestTheCeilingAndConvertsToSenmlUnits() {
        FireRecording recording = FireRecording.parse(CSV);

        FireRecording.Sample a = recording.moments().get(1).samples().get(0);
        FireRecording.Sample b = recording.moments().get(1).samples().get(1);

        assertEquals(0.9, a.obscuration(), 1e-12);
        assertEquals(1 - Math.pow(10, -0.023), b.obscuration(), 1e-12);
        assertEquals(1e-4, b.carbonMonoxide());
        assertEquals(2, a.readings());
    }

    @Test
    void aDensityBelowZeroIsClearAir() {
        assertEquals(0, FireRecording.parse(CSV).moments().get(0).samples().get(4).obscuration());
    }

    @Test
    void sendsAPackWithBaseNameAndSampleTime() {
        FireRecording.Sample b = FireRecording.parse(CSV).moments().get(0).samples().get(1);

        String pack = b.senml(Instant.ofEpochMilli(1_700_000_000_050L));

        assertEquals(
                "[{\"bn\":\"position-B/\",\"bt\":1700000000.050,\"n\":\"temperature\",\"u\":\"Cel\",\"v\":22.0},"
                        + "{\"n\":\"obsc_per_m\",\"u\":\"/\",\"v\":0.0},{\"n\":\"co\",\"u\":\"/\",\"v\":1.0E-4}]",
                pack);
    }

    @Test
    void namesAMissingColumn() {
        IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> FireRecording.parse(List.of("TIME,TCA_1", "0,1")));
        assertTrue(String.valueOf(refusal.getMessage()).contains("SMA_1"), refusal::toString);
    }

    @Test
    void theDemosFireLasts200SecondsAndItsSmokePassesTheAlarmLevelBeforeTheFirstPhotoAlarm() {
        FireRecording recording =
                FireRecording.read(
                        new Workplace(Workplace.repositoryRoot(), Workplace.repositoryRoot())
                                .recording("nist-smoke-alarms/SDC02.csv.gz"));

        assertEquals(Duration.ofSeconds(200), recording.length());
        assertEquals(101 * (5 * 2 + 3), recording.readings());
        // alarm_activation.csv.gz: the first photoelectric alarm sounded at 66 s
        assertTrue(recording.firstSmoke().sinceStart().compareTo(Duration.ofSeconds(66)) < 0);
    }
}
