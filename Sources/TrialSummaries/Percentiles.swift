import TrialContract

/// The numbers of a block that stand at each hundredth of their ranks: what quantiles of cells are read from.
///
/// Between two neighbours of them lie fewer than a hundredth of the block's numbers, so that of any number it is known to a hundredth
/// how many of the block's, and of the cell's, lie up to it.
package enum Percentiles {
    /// Of a block.
    static let count = 99

    /// Ascending ranks, from 1: number k, of 1 to 99, is ceil(k * numbers / 100).
    ///
    /// - Parameter numbers: at least one; without any there are no ranks, and these are not looked at.
    static func ranks(of numbers: Int) -> [Int] { (1...count).map { ($0 * numbers + 99) / 100 } }

    /// The variable of a quantity, as `distance_percentiles`.
    static func name(of quantity: String) -> String { "\(quantity)_percentiles" }

    static func description(of quantity: ComponentDescription) -> ComponentDescription {
        let text = "percentiles 1 to 99, to 1 in 2048, over the finished trials of the block: \(quantity.summary)"
        return ComponentDescription(
            kind: .statistic, name: name(of: quantity.name), summary: text,
            formula: quantity.isOwn ? "percentiles of \(quantity.formula)" : text, storage: .float64Vector(count), isOwn: quantity.isOwn)
    }
}
