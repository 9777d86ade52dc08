import ScalingFits
import TrialContract
import TrialSummaries

/// Samples of a result that keeps summaries: means over blocks of trials, from the blocks' moments.
///
/// Blocks hold the same trials in every cell, so that differences of their means are means of the trials' differences.
struct BlockSamples {
    let blocks: any StoredBlocks

    /// The expression's values in each of the cells; none in a cell where blocks cannot tell it.
    func samples(of expression: any CellExpression, cells: [Int], stepsTaken: (Range<Int>) throws -> [Int64]) throws -> [Int: CellSample] {
        var samples: [Int: CellSample] = [:]
        for cell in cells {
            guard let polynomial = (expression as? any SummarizableExpression)?.polynomial(inCell: cell) else { continue }
            samples[cell] = try sample(polynomial, expression.statistics, cell..<cell + 1, stepsTaken)
        }
        return samples
    }

    private func sample(
        _ polynomial: StatisticPolynomial, _ statistics: [String], _ cell: Range<Int>, _ stepsTaken: (Range<Int>) throws -> [Int64]
    ) throws -> CellSample {
        let states = try blocks.states(cells: cell)
        let diverged = try blocks.stored(SummaryColumn.divergedName, cells: cell)
        // Every column of each statistic, those of counts as far as they have any.
        let columns = try statistics.map { name in
            switch name {
            case SummaryColumn.divergedStatistic: [diverged.map { $0 / Double(blocks.trialsPerBlock) }]
            case SummaryColumn.stepsStatistic: [try stepsTaken(cell).map { Double($0) / Double(blocks.trialsPerBlock) }]
            default: try SummaryColumn.allCases.map { try blocks.stored($0.name(of: name), cells: cell) }
            }
        }
        let needsFinished = polynomial.terms.keys.contains { columns[$0].count > 1 }
        var sample = CellSample(values: [], trialsPerValue: blocks.trialsPerBlock, missing: 0, valueless: 0)
        var range: (least: Double, largest: Double)? = (.infinity, -.infinity)
        for (block, state) in states.enumerated() where state != TrialStatus.notAsked.rawValue {
            guard state != TrialStatus.missing.rawValue else {
                sample.missing += blocks.trialsPerBlock
                sample.values.append(.nan)
                continue
            }
            if needsFinished { sample.valueless += Int(diverged[block]) }
            let isWhole = !needsFinished || diverged[block] == 0
            let value = isWhole ? polynomial.mean { statistic in Self.moments(columns[statistic], block) } : .nan
            if isWhole, value.isNaN { sample.valueless += 1 }
            sample.values.append(value)
            // Where every trial diverged there is none whose value could be an extreme.
            guard !needsFinished || Int(diverged[block]) < blocks.trialsPerBlock else { continue }
            if let own = self.range(polynomial, columns, block), let all = range {
                range = (min(all.least, own.lowerBound), max(all.largest, own.upperBound))
            } else {
                range = nil
            }
        }
        sample.range = range.flatMap { $0.least <= $0.largest ? Interval($0.least, $0.largest) : nil }
        return sample
    }

    /// Of a count only the mean is known.
    private static func moments(_ columns: [[Double]], _ block: Int) -> [Double] {
        columns.count > 1 ? columns.map { $0[block] } : [columns[0][block], .nan, .nan, .nan]
    }

    /// Of single trials in a block.
    private func range(_ polynomial: StatisticPolynomial, _ columns: [[[Double]]], _ block: Int) -> ClosedRange<Double>? {
        guard let statistic = polynomial.terms.keys.first else { return polynomial.range(from: 0, to: 0) }
        guard columns[statistic].count > 1 else { return nil }
        let extremes = [SummaryColumn.minimum, .maximum].map { columns[statistic][SummaryColumn.allCases.firstIndex(of: $0)!][block] }
        return polynomial.range(from: extremes[0], to: extremes[1])
    }
}
