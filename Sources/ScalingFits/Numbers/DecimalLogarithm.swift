import PortableMath

/// Logarithms to base 10 for axes, with the same bits on every machine.
package enum DecimalLogarithm {
    package static func of(_ value: Double) -> Double { PortableMath.log10(value) }
    package static func inverse(_ logarithm: Double) -> Double { PortableMath.pow(10, logarithm) }
}
