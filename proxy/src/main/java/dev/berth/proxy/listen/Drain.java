package dev.berth.proxy.listen;

/** The event in a connection's pipeline that asks it to end once nothing is in flight. */
public enum Drain {
    /** From now on. */
    Begin
}
