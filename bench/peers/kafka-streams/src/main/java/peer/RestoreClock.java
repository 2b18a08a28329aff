package peer;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** Says after each store's restore how much all of them took in so far, and how long that took since the first began. */
final class RestoreClock implements StateRestoreListener {
    private long began, entries;

    @Override public synchronized void onRestoreStart(TopicPartition partition, String store, long from, long to) {
        if (began == 0) began = System.nanoTime();
    }

    @Override public void onBatchRestored(TopicPartition partition, String store, long to, long count) { }

    @Override public synchronized void onRestoreEnd(TopicPartition partition, String store, long count) {
        entries += count;
        System.err.printf(java.util.Locale.ROOT, "restored %d entries in %.2f s%n", entries, (System.nanoTime() - began) / 1e9);
    }
}
