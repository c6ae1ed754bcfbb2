/** What the tests of the edge share: scripted backends, raw clients, a leak guard. */
@NullMarked
package dev.berth.proxy.testing;

import org.jspecify.annotations.NullMarked;
