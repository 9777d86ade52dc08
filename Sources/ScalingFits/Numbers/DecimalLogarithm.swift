import PortableMath

/// Logarithms to base 10 for axes, with the same bits on every machine.
public enum DecimalLogarithm {
    public static func of(_ value: Double) -> Double { PortableMath.log10(value) }
    public static func inverse(_ logarithm: Double) -> Double { PortableMath.pow(10, logarithm) }
}
