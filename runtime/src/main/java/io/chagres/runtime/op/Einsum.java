package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Sums of products in Einstein's notation. */
public final class Einsum {
    /** Dimensions under an ellipsis have numbers from here on, counted from the last. */
    private static final int ELLIPSIS = 256;

    private Einsum() {
    }

    /** A tensor and what its dimensions are called. */
    private record Named(Tensor tensor, int[] names) {
        boolean has(int name) {
            return Arrays.stream(names).anyMatch(n -> n == name);
        }

        int axis(int name) {
            for (int d = 0; d < names.length; d++) {
                if (names[d] == name) {
                    return d;
                }
            }
            return -1;
        }
    }

    /**
     * The sum of products that an equation names, as {@code torch.einsum}: {@code "ij,jk->ik"} is the product of two matrices,
     * {@code "bii->bi"} diagonals, {@code "...ij->...ji"} transposed matrices. A letter names a dimension, one that is repeated
     * in an operand its diagonal; letters that the result lacks are summed over. Without an arrow the result has the dimensions
     * under the ellipsis, then in alphabetical order the letters that occur once. Sizes of 1 are broadcast. Operands are
     * multiplied from left to right.
     *
     * @throws IllegalArgumentException if the equation is none or does not fit the operands, or types differ
     */
    public static Tensor einsum(String equation, Tensor... operands) {
        var text = Check.notNull("einsum", "the equation", equation).replace(" ", "");
        Check.notNull("einsum", "the array of operands", operands);
        int arrow = text.indexOf("->");
        var inputs = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
        if (inputs.length != operands.length || operands.length == 0) {
            throw wrong(equation, "it names " + inputs.length + " operands, " + operands.length + " are given");
        }
        var named = new ArrayList<Named>();
        int most = 0;
        for (int i = 0; i < operands.length; i++) {
            Check.numbers("einsum", "operand " + i, operands[i]);
            Check.sameType("einsum", operands[0], operands[i]);
            var names = names(equation, inputs[i], operands[i].rank());
            most = Math.max(most, covered(names));
            named.add(diagonals(equation, operands[i], names));
        }
        checkSizes(equation, named);
        var result = arrow < 0
                ? implied(String.join("", inputs), most)
                : output(equation, text.substring(arrow + 2), named, most);
        var product = named.getFirst();
        for (int i = 1; i < named.size(); i++) {
            product = multiplied(product, named.get(i), wanted(result, named.subList(i + 1, named.size())));
        }
        product = summed(product, result);
        return arranged(product, result);
    }

    private static IllegalArgumentException wrong(String equation, String why) {
        return new IllegalArgumentException("einsum: '" + equation + "': " + why);
    }

    /** The names of an operand's dimensions. */
    private static int[] names(String equation, String text, int rank) {
        int dots = text.indexOf("...");
        var letters = dots < 0 ? text : text.substring(0, dots) + text.substring(dots + 3);
        letters.chars().filter(c -> !isLetter(c)).findAny().ifPresent(c -> {
            throw wrong(equation, "'" + (char) c + "' is no letter");
        });
        int covered = rank - letters.length();
        if (covered < 0 || dots < 0 && covered > 0) {
            throw wrong(equation, "'" + text + "' does not fit an operand of " + rank + " dimensions");
        }
        var names = new int[rank];
        for (int d = 0; d < rank; d++) {
            boolean under = dots >= 0 && d >= dots && d < dots + covered;
            names[d] = under
                    ? ELLIPSIS + (dots + covered - 1 - d)
                    : letters.charAt(dots < 0 || d < dots ? d : d - covered);
        }
        return names;
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static int covered(int[] names) {
        return (int) Arrays.stream(names).filter(name -> name >= ELLIPSIS).count();
    }

    private static Named diagonals(String equation, Tensor x, int[] names) {
        for (int i = 0; i < names.length; i++) {
            for (int j = i + 1; j < names.length; j++) {
                if (names[i] == names[j]) {
                    if (x.size(i) != x.size(j)) {
                        throw wrong(equation, "'" + (char) names[i] + "' names dimensions of different sizes in "
                                + x.shape());
                    }
                    var fewer = new int[names.length - 1];
                    int to = 0;
                    for (int d = 0; d < names.length; d++) {
                        if (d != i && d != j) {
                            fewer[to++] = names[d];
                        }
                    }
                    fewer[to] = names[i];
                    return diagonals(equation, Slices.diagonal(x, 0, i, j), fewer);
                }
            }
        }
        return new Named(x, names);
    }

    private static void checkSizes(String equation, List<Named> operands) {
        for (var one : operands) {
            for (int name : one.names) {
                long size = one.tensor.size(one.axis(name));
                for (var other : operands) {
                    long second = other.has(name) ? other.tensor.size(other.axis(name)) : size;
                    if (size != second && size != 1 && second != 1) {
                        throw wrong(equation, (name < ELLIPSIS ? "'" + (char) name + "'" : "the ellipsis")
                                + " has sizes " + size + " and " + second + " in " + one.tensor.shape() + " and "
                                + other.tensor.shape());
                    }
                }
            }
        }
    }

    private static int[] implied(String letters, int ellipsis) {
        var names = new ArrayList<Integer>();
        for (int i = ellipsis - 1; i >= 0; i--) {
            names.add(ELLIPSIS + i);
        }
        for (int c = 'A'; c <= 'z'; c++) {
            if (isLetter(c) && letters.indexOf(c) >= 0 && letters.indexOf(c) == letters.lastIndexOf(c)) {
                names.add(c);
            }
        }
        return names.stream().mapToInt(i -> i).toArray();
    }

    private static int[] output(String equation, String text, List<Named> operands, int ellipsis) {
        int dots = text.indexOf("...");
        int letters = text.length() - (dots < 0 ? 0 : 3);
        var names = names(equation, text, letters + (dots < 0 ? 0 : ellipsis));
        for (int i = 0; i < names.length; i++) {
            int name = names[i];
            if (Arrays.stream(names).filter(other -> other == name).count() > 1) {
                throw wrong(equation, "'" + (char) name + "' is twice in the result");
            }
            if (operands.stream().noneMatch(o -> o.has(name))) {
                throw wrong(equation, "'" + (char) name + "' of the result is in no operand");
            }
        }
        return names;
    }

    private static int[] wanted(int[] result, List<Named> later) {
        var names = Arrays.stream(result);
        for (var operand : later) {
            names = IntStream.concat(names, Arrays.stream(operand.names));
        }
        return names.distinct().toArray();
    }

    private static boolean contains(int[] names, int name) {
        return Arrays.stream(names).anyMatch(n -> n == name);
    }

    /** Sums over what is not wanted. */
    private static Named summed(Named x, int[] wanted) {
        int[] dims = IntStream.range(0, x.names.length).filter(d -> !contains(wanted, x.names[d]))
                .toArray();
        return dims.length == 0
                ? x
                : new Named(Reduce.sum(x.tensor, dims, false),
                        Arrays.stream(x.names).filter(name -> contains(wanted, name)).toArray());
    }

    /** The product of two: of batches of matrices, whose dimensions are each several of theirs. */
    private static Named multiplied(Named first, Named second, int[] wanted) {
        int[] both = Arrays.stream(first.names).filter(second::has).toArray();
        var a = summed(first, IntStream.concat(Arrays.stream(wanted), Arrays.stream(both)).toArray());
        var b = summed(second, IntStream.concat(Arrays.stream(wanted), Arrays.stream(both)).toArray());
        int[] batch = Arrays.stream(both).filter(name -> contains(wanted, name)).toArray();
        int[] inner = Arrays.stream(both).filter(name -> !contains(wanted, name)).toArray();
        int[] left = Arrays.stream(a.names).filter(name -> !b.has(name)).toArray();
        int[] right = Arrays.stream(b.names).filter(name -> !a.has(name)).toArray();
        var x = grouped(a, b, batch, left, inner);
        var y = grouped(b, a, batch, inner, right);
        var product = Matmul.matmul(x, y);
        var names = IntStream.of(batch);
        names = IntStream.concat(names, Arrays.stream(left));
        int[] all = IntStream.concat(names, Arrays.stream(right)).toArray();
        return new Named(Views.reshape(product, sizes(a, b, all)), all);
    }

    /** A tensor as [batch, rows, columns]. */
    private static Tensor grouped(Named x, Named other, int[] batch, int[] rows, int[] cols) {
        int[] all = IntStream.concat(IntStream.concat(Arrays.stream(batch),
                Arrays.stream(rows)), Arrays.stream(cols)).toArray();
        var turned = Views.permute(x.tensor, Arrays.stream(all).map(x::axis).toArray());
        var spread = Views.expand(turned, sizes(x, other, all));
        return Views.reshape(spread, product(x, other, batch), product(x, other, rows), product(x, other, cols));
    }

    private static long[] sizes(Named a, Named b, int[] names) {
        return Arrays.stream(names).mapToLong(name -> {
            long x = a.has(name) ? a.tensor.size(a.axis(name)) : 1;
            return x == 1 && b.has(name) ? b.tensor.size(b.axis(name)) : x;
        }).toArray();
    }

    private static long product(Named a, Named b, int[] names) {
        return Arrays.stream(sizes(a, b, names)).reduce(1, (x, y) -> x * y);
    }

    private static Tensor arranged(Named x, int[] names) {
        return Views.permute(x.tensor, Arrays.stream(names).map(x::axis).toArray());
    }
}
