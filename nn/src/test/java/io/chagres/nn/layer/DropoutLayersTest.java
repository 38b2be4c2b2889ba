package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.Module;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DropoutLayersTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void layersAreTheirFunctionsWithTheDefaultGenerator() {
        check("Dropout(p=0.5)", new Dropout(), x -> x.dropout(0.5, true), 2, 3, 4);
        check("Dropout(p=0.2)", new Dropout(0.2), x -> x.dropout(0.2, true), 7);
        check("Dropout1d(p=0.5)", new Dropout1d(), x -> x.dropout1d(0.5, true), 2, 3, 4);
        check("Dropout2d(p=0.5)", new Dropout2d(), x -> x.dropout2d(0.5, true), 2, 3, 4, 5);
        check("Dropout3d(p=0.5)", new Dropout3d(), x -> x.dropout3d(0.5, true), 2, 3, 4, 5, 2);
        check("AlphaDropout(p=0.5)", new AlphaDropout(), x -> x.alphaDropout(0.5, true), 2, 3);
        check("FeatureAlphaDropout(p=0.5)", new FeatureAlphaDropout(), x -> x.featureAlphaDropout(0.5, true), 2, 3, 4);
    }

    private static void check(String text, Module layer, UnaryOperator<Tensor> function, long... dims) {
        var x = Tensor.randn(new Generator(1), dims);
        assertEquals(text, layer.toString());
        assertEquals(List.of(), layer.parameters());
        Generator.seed(8);
        var expected = function.apply(x);
        Generator.seed(8);
        assertArrayEquals(expected.toFloatArray(), layer.forward(x).toFloatArray());
        layer.eval();
        assertSame(x, layer.forward(x));
    }

    @Test
    void channelsOfOneExampleAreLeftOutToo() {
        Generator.seed(2);
        for (var y : List.of(new Dropout1d().forward(Tensor.ones(64, 9)),
                new Dropout3d().forward(Tensor.ones(64, 3, 3, 1)))) {
            var sums = y.reshape(64, 9).sum(1, false);
            assertEquals(64, sums.eq(0).sum().item() + sums.eq(18).sum().item());
            assertTrue(sums.eq(0).sum().item() > 16 && sums.eq(0).sum().item() < 48);
        }
    }

    @Test
    void mistakes() {
        for (DoubleFunction<Module> made : List.<DoubleFunction<Module>>of(Dropout::new, Dropout1d::new,
                Dropout2d::new, Dropout3d::new, AlphaDropout::new, FeatureAlphaDropout::new)) {
            for (double p : new double[]{-0.1, 1.5, Double.NaN}) {
                var e = assertThrows(IllegalArgumentException.class, () -> made.apply(p));
                assertTrue(e.getMessage().matches("\\w+: a probability of " + p + "; 0 to 1 is possible"),
                        e.getMessage());
            }
        }
        var e = assertThrows(IllegalArgumentException.class, () -> new Dropout2d().forward(Tensor.ones(2, 3)));
        assertEquals("Dropout2d(p=0.5): input [2, 3]; [N, C, H, W] or [N, C, L] is needed", e.getMessage());
    }
}
