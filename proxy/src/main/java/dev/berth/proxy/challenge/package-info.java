/** What the edge says so that a certificate authority sees who has a host. */
@NullMarked
package dev.berth.proxy.challenge;

import org.jspecify.annotations.NullMarked;
