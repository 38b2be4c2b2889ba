package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An operation in one setting: how to call it, what it computes in plain Java, and shapes to try it on.
 *
 * <pre>{@code
 * Case.op("Matmul.matmul(Tensor, Tensor)", in -> Matmul.matmul(in[0], in[1])).expects(in -> product(in[0], in[1]))
 *         .on(dims(3, 5), dims(5, 2)).on(dims(1, 1), dims(1, 1))
 * }</pre>
 */
final class Case {
    private final String signature;
    private final String setting;
    private final Function<Tensor[], Tensor> call;
    private final List<int[][]> shapes = new ArrayList<>();
    private Function<Array[], Array> expected;
    private Values[] values = {Values.within(-1, 1)};
    private boolean anyType;
    private boolean onceOnly;
    private boolean promotes;
    private boolean integers;
    private int[] optional = {};

    private Case(String signature, String setting, Function<Tensor[], Tensor> call) {
        this.signature = signature;
        this.setting = setting;
        this.call = call;
    }

    /** A case of the public method with that signature, such as {@code "Reduce.sum(Tensor, int, boolean)"}. */
    static Case op(String signature, Function<Tensor[], Tensor> call) {
        return new Case(signature, "", call);
    }

    /** {@link #op(String, Function)} for methods with arguments that are no tensors, which the setting tells. */
    static Case op(String signature, String setting, Function<Tensor[], Tensor> call) {
        return new Case(signature, " (" + setting + ")", call);
    }

    /** What it computes, by independent means. */
    Case expects(Function<Array[], Array> plain) {
        expected = plain;
        return this;
    }

    /** Adds shapes to try, one for each operand. */
    Case on(int[]... operands) {
        shapes.add(operands);
        return this;
    }

    /** How the operands' elements are drawn; the last one serves further operands too. */
    Case drawn(Values... operands) {
        values = operands;
        return this;
    }

    /** Says that it takes integers as well. */
    Case anyType() {
        anyType = true;
        return this;
    }

    /** Says that operands of several types promote, and that integers do to float32. */
    Case promotes() {
        promotes = true;
        return this;
    }

    /** Says that operands of several types promote, and that integers give integers. */
    Case keepsIntegers() {
        integers = true;
        return promotes();
    }

    boolean takesSeveralTypes() {
        return promotes;
    }

    boolean givesIntegers() {
        return integers;
    }

    /** Says that its gradients have no gradients, for which it must say so by name. */
    Case noSecondGradient() {
        onceOnly = true;
        return this;
    }

    boolean hasSecondGradient() {
        return !onceOnly;
    }

    /** Says which operands may be null. */
    Case optional(int... operands) {
        optional = operands;
        return this;
    }

    static int[] dims(int... sizes) {
        return sizes;
    }

    String signature() {
        return signature;
    }

    /** The method's name, which messages begin with. */
    String name() {
        return signature.substring(signature.indexOf('.') + 1, signature.indexOf('('));
    }

    boolean takesAnyType() {
        return anyType;
    }

    boolean mayBeNull(int operand) {
        return IntStream.of(optional).anyMatch(o -> o == operand);
    }

    Tensor call(Tensor... operands) {
        return call.apply(operands);
    }

    Array expected(Array... operands) {
        return expected.apply(operands);
    }

    Values values(int operand) {
        return values[Math.min(operand, values.length - 1)];
    }

    /** The first of its shapes, dense and in float32. */
    Trial sample() {
        return new Trial(this, shapes.getFirst(), DType.FLOAT32, dense(0));
    }

    /** All shapes in both types, with all operands dense, and arranged in another way for each shape in turn. */
    Stream<Trial> trials() {
        return IntStream.range(0, shapes.size()).boxed().flatMap(i -> Stream.of(DType.FLOAT64, DType.FLOAT32)
                .flatMap(
                        dtype -> Stream.of(dense(i), mixed(i)).map(all -> new Trial(this, shapes.get(i), dtype, all))));
    }

    private List<Arrangement> dense(int shape) {
        return Collections.nCopies(shapes.get(shape).length, Arrangement.DENSE);
    }

    /** The first operand not dense; which arrangements they have changes from shape to shape and case to case. */
    private List<Arrangement> mixed(int shape) {
        var all = Arrangement.values();
        int turn = Math.floorMod(setting.hashCode(), 12) + shape;
        return IntStream.range(0, shapes.get(shape).length)
                .mapToObj(i -> i == 0 ? all[1 + turn % 3] : all[(turn + 2 * i) % 4]).toList();
    }

    @Override
    public String toString() {
        return signature + setting;
    }
}
