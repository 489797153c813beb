package dev.vigil.trials;

import dev.vigil.forward.Block;
import dev.vigil.forward.BlockCodec;
import dev.vigil.forward.BlockHeaders;
import dev.vigil.forward.Lane;
import dev.vigil.forward.SenmlRecord;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** A record of the uplink topic as the block it carries. Stateless. */
final class UplinkRecord {
    private UplinkRecord() {}

    static Block block(ConsumerRecord<byte[], byte[]> record) {
        return BlockHeaders.block(
                name -> {
                    Header header = record.headers().lastHeader(name);
                    return header == null ? null : header.value();
                },
                record.value());
    }

    static List<SenmlRecord> records(Block block) {
        return BlockCodec.decode(block);
    }

    static Lane lane(String word) {
        for (Lane lane : Lane.values()) {
            if (lane.word().equals(word)) {
                return lane;
            }
        }
        throw new TrialFailure("no lane is called '%s'".formatted(word));
    }
}
