@NullMarked
package dev.berth.reconciler.certificate.dns;

import org.jspecify.annotations.NullMarked;
