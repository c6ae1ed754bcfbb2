package dev.berth.proxy.handover;

/**
 * What two generations say, a line each. The successor speaks first:
 *
 * <ol>
 *   <li>{@code berth-edge-handover 2}, the version of all this; the elder says the same at once
 *   <li>{@code offer VERSION NAME...}: the elder serves that snapshot, takes no other until this is
 *       settled, and would give these sockets
 *   <li>{@code ready}: the successor has that snapshot, too; now its next bytes read are
 *       descriptors
 *   <li>one descriptor for each name, in that order
 *   <li>{@code serving}: the successor has all that it needs to serve; it does not accept yet
 *   <li>{@code leaving}, and the elder's first report: it has given up what only one of them can
 *       have. It accepts connections as before
 *   <li>{@code settled}: the successor has what was given up, and accepts
 *   <li>{@code left}: the elder accepts none from here on, and further successors come to this one.
 *       What follows are its reports, a line each, until it has ended. The first one may be as late
 *       as this word
 *   <li>{@code hurry}, at any time after that: its streams must end now
 * </ol>
 *
 * <p>The elder decides. In place of any of its lines up to {@code left} it may say {@code refused
 * WHY}: then it serves on and has back what it gave up, and the successor must let go of
 * everything, also one that has waited for {@code left} in vain. So it does when the successor
 * closes, or says nothing for too long. It never closes without that word while it lives, so to a
 * successor the end of the connection means the end of the elder: then the successor serves alone.
 * A successor that gives up before {@code settled} lets go of everything first and closes then.
 *
 * <p>Version 1 had neither the elder's greeting nor {@code settled} and {@code left}: {@code
 * leaving} was the end. An elder of that version is taken over from like that, once; so may a
 * successor of that version take over, which is to go back to an older build.
 */
final class Words {
    static final String HELLO = "berth-edge-handover 2";
    static final String OLD_HELLO = "berth-edge-handover 1";
    static final String OFFER = "offer ";
    static final String READY = "ready";
    static final String SERVING = "serving";
    static final String LEAVING = "leaving";
    static final String SETTLED = "settled";
    static final String LEFT = "left";
    static final String HURRY = "hurry";
    static final String REFUSED = "refused ";

    private Words() {}
}
