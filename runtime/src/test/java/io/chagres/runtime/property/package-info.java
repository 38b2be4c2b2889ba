/**
 * Properties that must hold whatever is computed, on programs, shapes and types that jqwik makes up and, where one fails, makes
 * small: against {@link io.chagres.runtime.property.Plain}, which computes in plain Java with duals in place of a tape. Seeds
 * are fixed, so that every run checks the same; a run with other seeds needs their change in one place,
 * {@link io.chagres.runtime.property.Step#SEED}.
 */
package io.chagres.runtime.property;
