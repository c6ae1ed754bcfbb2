package dev.berth.proxy.handover;

/**
 * What two generations say, a line each. The successor speaks first:
 *
 * <ol>
 *   <li>{@code berth-edge-handover 1}, the version of all this
 *   <li>{@code offer VERSION NAME...}: the elder serves that snapshot, takes no other until this is
 *       settled, and would give these sockets
 *   <li>{@code ready}: the successor has that snapshot, too; now its next bytes read are
 *       descriptors
 *   <li>one descriptor for each name, in that order
 *   <li>{@code serving}: the successor accepts connections
 *   <li>{@code leaving}: the elder accepts none from here on. What follows are its reports, a line
 *       each, until it has ended
 *   <li>{@code hurry}, at any time after that: its streams must end now
 * </ol>
 *
 * <p>In place of any of its lines up to {@code leaving} the elder may say {@code refused WHY}, and
 * serves on. So it does when the successor closes, or says nothing for too long.
 */
final class Words {
    static final String HELLO = "berth-edge-handover 1";
    static final String OFFER = "offer ";
    static final String READY = "ready";
    static final String SERVING = "serving";
    static final String LEAVING = "leaving";
    static final String HURRY = "hurry";
    static final String REFUSED = "refused ";

    private Words() {}
}
