@NullMarked
package dev.berth.reconciler.certificate.acme;

import org.jspecify.annotations.NullMarked;
