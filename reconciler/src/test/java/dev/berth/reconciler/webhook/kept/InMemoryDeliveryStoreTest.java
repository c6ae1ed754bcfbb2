package dev.berth.reconciler.webhook.kept;

/** The contract, on the one in memory. */
final class InMemoryDeliveryStoreTest extends DeliveryStoreContract {
    @Override
    protected DeliveryStore store() {
        return new InMemoryDeliveryStore();
    }
}
