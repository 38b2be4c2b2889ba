package io.chagres.runtime.autograd;

import static io.chagres.runtime.autograd.Numbers.leaf;
import static io.chagres.runtime.autograd.Numbers.message;
import static io.chagres.runtime.autograd.Numbers.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What changes in place mean for gradients. */
class ChangesInPlaceTest {
    @Test
    void withoutGradientsTheyOnlyWrite() {
        var x = Tensor.of(new double[]{1, 2, 3, 4}, 2, 2);
        assertSame(x, x.addInPlace(1));
        values(x, 2, 3, 4, 5);
        x.select(0, 1).mulInPlace(Tensor.of(new double[]{10, 100}));
        values(x, 2, 3, 40, 500);
        x.t().select(0, 0).zeroInPlace();
        values(x, 0, 3, 0, 500);
        x.subInPlace(Tensor.of(new double[]{1, 2})).divInPlace(2);
        values(x, -0.5, 0.5, -0.5, 249);
        x.updateInPlace(Tensor::relu);
        values(x, 0, 0.5, 0, 249);
    }

    @Test
    void aResultGoesOnWithWhatItWasChangedTo() {
        var x = leaf(1, 2);
        var w = leaf(3, 4);
        var y = x.mul(5);
        y.mulInPlace(w);
        values(y, 15, 40);
        y.addInPlace(y);
        y.sum().backward();
        values(x.grad(), 2 * 5 * 3, 2 * 5 * 4);
        values(w.grad(), 2 * 5, 2 * 10);
    }

    @Test
    void whatWasUsedBeforeIsNotWhatIsUsedAfterwards() {
        var x = leaf(1, 2);
        var y = x.mul(5);
        var before = y.add(0);
        y.addInPlace(x);
        before.sum().add(y.mul(100).sum()).backward();
        values(x.grad(), 605, 605);
    }

    @Test
    void theTapeNoticesChangesOfWhatItStillReads() {
        var x = leaf(1, 2);
        var y = x.mul(5);
        var z = y.square();
        y.addInPlace(1);
        message(IllegalStateException.class, z.sum()::backward, "backward: the operand 0",
                "square was changed in place");
    }

    @Test
    void aLeafCannotBeChangedWhileRecording() {
        var x = leaf(1, 2);
        message(IllegalStateException.class, () -> x.addInPlace(1), "addInPlace: a leaf [2]", "noGrad()");
        message(IllegalStateException.class, () -> x.select(0, 0).fill(1), "fill: a view of a leaf []", "noGrad()");
        try (var _ = Autograd.noGrad()) {
            x.addInPlace(1);
        }
        values(x, 2, 3);
        assertTrue(x.isLeaf());
    }

    @Test
    void aChangeThroughAViewIsOneOfTheWhole() {
        var x = leaf(1, 2, 3, 4);
        var y = x.mul(10);
        var middle = y.narrow(0, 1, 2);
        middle.mulInPlace(Tensor.of(new double[]{7, 8}));
        values(y, 10, 140, 240, 40);
        y.mul(Tensor.of(new double[]{1, 2, 3, 4})).sum().backward();
        values(x.grad(), 10, 2 * 7 * 10, 3 * 8 * 10, 40);
    }

    @Test
    void everyViewFollowsAChangeOfTheWhole() {
        var x = leaf(1, 2, 3, 4);
        var y = x.mul(10);
        var even = y.view(2, 2).select(1, 0);
        y.mulInPlace(2);
        values(even, 20, 60);
        even.sum().backward();
        values(x.grad(), 20, 0, 20, 0);
    }

    @Test
    void viewsThatOverlapFollowToo() {
        var x = leaf(1, 2);
        var y = x.mul(10);
        var wide = y.expand(3, 2);
        y.addInPlace(y);
        wide.mul(Tensor.of(new double[]{1, 2, 3, 4, 5, 6}, 3, 2)).sum().backward();
        values(x.grad(), 20 * 9, 20 * 12);
    }

    @Test
    void aConstantThatIsFilledFromALeafHasAGradient() {
        var x = leaf(1, 2);
        var rows = Tensor.full(DType.FLOAT64, 0, 3, 2);
        rows.select(0, 1).copyFrom(x);
        rows.select(0, 2).copyFrom(x.mul(3));
        assertTrue(rows.requiresGrad());
        rows.select(0, 0).fill(7);
        rows.square().sum().backward();
        values(x.grad(), 2 + 18, 4 + 36);
    }

    @Test
    void fillingCutsTheHistoryOff() {
        var x = leaf(1, 2, 3);
        var y = x.mul(4);
        y.select(0, 1).fill(100);
        y.square().sum().backward();
        values(x.grad(), 2 * 16, 0, 2 * 48);
    }

    @Test
    void theyHaveGradientsOfGradients() {
        GradCheck.assertSecondGradients(in -> {
            var y = in[0].mul(in[0]);
            y.narrow(0, 1, 2).mulInPlace(in[1]);
            y.addInPlace(in[0]);
            return y.square();
        }, leaf(1, 2, 3), leaf(0.5, -1));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        var x = Tensor.of(new double[]{1, 2});
        message(IllegalArgumentException.class, () -> x.addInPlace(Tensor.full(DType.FLOAT64, 1, 3, 2)), "addInPlace: ",
                "[3, 2]", "[2]");
        message(IllegalArgumentException.class, () -> x.updateInPlace(Tensor::sum), "updateInPlace: ", "[]");
        message(IllegalArgumentException.class, () -> x.expand(2, 2).addInPlace(1), "addInPlace: ", "[2, 2]");
        assertEquals(2, x.select(0, 1).item());
    }
}
