import PortableMath
import TrialContract

/// Keys of the cells' random number generators where random numbers are not common.
///
/// A cell's key is the sum, modulo 2^64, of a digest for each of its values: the first eight bytes, big-endian, of the
/// SHA-256 of `name=value`. A number's value is written as the 16 hexadecimal digits of its IEEE 754 bits, a name as
/// itself. Left out are values equal to a default of the sweep file's grammar and the optimizer with its parameters:
/// optimizers are compared on the same noise. The seed is one of the values and always there. So a key depends on
/// nothing but the cell's own values, whether they are fixed or swept; a sum does not depend on the order, so that
/// sorting the pairs by name, as the definition has it, is free.
enum StreamKeys {
    static func digest(_ name: String, number: Double) -> UInt64 {
        let digits = Array("0123456789abcdef".utf8)
        return digest(name, stride(from: 60, through: 0, by: -4).map { shift in
            digits[Int(number.bitPattern >> UInt64(shift) & 15)]
        })
    }

    static func digest(_ name: String, text: String) -> UInt64 { digest(name, Array(text.utf8)) }

    private static func digest(_ name: String, _ value: [UInt8]) -> UInt64 {
        PortableMath.sha256(Array(name.utf8) + [UInt8(ascii: "=")] + value).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Whether a quantity takes part at all.
    static func isKeyed(_ name: String) -> Bool { name != "optimizer" && !name.hasPrefix("optimizer.") }

    /// The share of a number in the key; 0 where it has its default.
    static func share(_ name: String, number: Double, default defaultValue: Double?) -> UInt64 {
        if number == defaultValue, name != FieldCatalogue.seed.name { return 0 }
        return digest(name.replacing(".geomspace.", with: ".logspace."), number: number)
    }

    /// The share of a chosen component: its name and what was given with it.
    static func share(_ kind: ComponentKind, _ entry: ComponentEntry) -> UInt64 {
        let name = entry.description.name
        var sum = kind.defaultMember == name ? 0 : digest(kind.fieldName, text: name)
        for parameter in entry.description.parameters {
            guard let value = entry.given[parameter.name] else { continue }
            sum &+= share("\(kind.fieldName).\(parameter.name)", number: value, default: parameter.defaultValue)
        }
        let field = FieldCatalogue.eigenvalues.name
        switch entry.spectrum {
        case .uniform(let value?): sum &+= digest(field, number: value)
        case .spread(let range, let from, let to):
            let word = "\(field).\(range.isGeometric ? "logspace" : "linspace")"
            if let from { sum &+= digest("\(word).from", number: from) }
            if let to { sum &+= digest("\(word).to", number: to) }
        case .uniform(nil), .blocks, nil: break
        }
        return sum
    }
}
