package io.chagres.bench;

import io.chagres.runtime.team.Part;

/** A product as it is defined: three loops over single elements. */
record NaiveGemm(Product product) implements Part {
    @Override
    public void run(int part, int parts) {
        int to = (int) Part.start(part + 1, parts, product.m(), 1);
        for (int row = (int) Part.start(part, parts, product.m(), 1); row < to; row++) {
            for (int column = 0; column < product.n(); column++) {
                float sum = 0;
                for (int inner = 0; inner < product.k(); inner++) {
                    sum += product.a(row, inner) * product.b(inner, column);
                }
                Floats.set(product.c(), (long) row * product.n() + column, sum);
            }
        }
    }
}
