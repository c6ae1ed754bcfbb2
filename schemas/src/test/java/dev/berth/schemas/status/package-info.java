@org.jspecify.annotations.NullMarked
package dev.berth.schemas.status;
