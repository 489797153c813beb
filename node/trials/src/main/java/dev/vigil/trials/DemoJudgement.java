package dev.vigil.trials;

import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the demo promised against what is at Kafka. Owned by one thread.
 *
 * @param offsetAtCut the first offset that was written after the link came back; the topic has one
 *     partition, so offsets are the order of arrival
 */
record DemoJudgement(
        AcknowledgedReadings readings,
        KafkaAudit audit,
        List<SenmlRecord> alarms,
        long offsetAtCut,
        boolean sirenSounded) {

    DemoRun.Verdict verdict() {
        List<String> findings = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        siren(findings, failures);
        exactlyOnce(findings, failures);
        streams(findings, failures);
        alarmFirst(findings, failures);
        return new DemoRun.Verdict(List.copyOf(findings), List.copyOf(failures));
    }

    private void siren(List<String> findings, List<String> failures) {
        (sirenSounded ? findings : failures)
                .add(
                        sirenSounded
                                ? "the siren sounded while there was no link"
                                : "the siren never sounded");
    }

    private void exactlyOnce(List<String> findings, List<String> failures) {
        AcknowledgedReadings.Comparison compared = readings.compare();
        String finding =
                "%d readings acknowledged, %d of them at Kafka exactly once (missing %d, more than once %d, other value %d)"
                        .formatted(
                                compared.acknowledged(),
                                compared.once(),
                                compared.missing().size(),
                                compared.repeated().size(),
                                compared.wrong().size());
        (compared.exactlyOnce() && compared.acknowledged() > 0 ? findings : failures).add(finding);
    }

    private void streams(List<String> findings, List<String> failures) {
        List<String> faults = audit.faults();
        if (faults.isEmpty()) {
            findings.add(
                    "%d streams without a gap; %d blocks came a second time and were told by their sequence"
                            .formatted(audit.streams().size(), audit.copies()));
        } else {
            failures.addAll(faults);
        }
    }

    private void alarmFirst(List<String> findings, List<String> failures) {
        List<KafkaAudit.Arrived> backlog =
                audit.arrived().stream()
                        .filter(each -> each.offset() >= offsetAtCut && !each.copy())
                        .sorted(Comparator.comparingLong(KafkaAudit.Arrived::offset))
                        .toList();
        long before =
                backlog.stream()
                        .takeWhile(each -> each.stream().lane() != Lane.ALARM)
                        .mapToLong(KafkaAudit.Arrived::recordCount)
                        .sum();
        long all =
                backlog.stream()
                        .filter(each -> each.stream().lane() == Lane.HISTORY)
                        .mapToLong(KafkaAudit.Arrived::recordCount)
                        .sum();
        boolean any = backlog.stream().anyMatch(each -> each.stream().lane() == Lane.ALARM);
        String finding =
                any
                        ? "alarm order at Kafka: the alarm came before %d of the %d records that had waited"
                                .formatted(all - before, all)
                        : "no alarm record is among the %d that came after the outage"
                                .formatted(all);
        (any && before == 0 && !alarms.isEmpty() ? findings : failures).add(finding);
    }
}
