@NullMarked
package dev.berth.telemetry.intake;

import org.jspecify.annotations.NullMarked;
