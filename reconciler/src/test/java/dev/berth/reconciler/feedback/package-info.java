@org.jspecify.annotations.NullMarked
package dev.berth.reconciler.feedback;
