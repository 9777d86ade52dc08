import PortableMath
import ResultStore
import TrialContract

/// What is missing of a sweep, cut at random.
public enum WorkList {
    public struct Block: Sendable {
        public var cells: [Int]
        public var trials: Range<Int>
    }

    /// Blocks of one to three neighbouring cells and at most `longest` trials, in random order.
    public static func blocks(
        _ plan: FakePlan, _ writer: ResultWriter, seed: UInt64, longest: Int
    ) throws -> [Block] {
        var generator = SplitMix64(seed: seed)
        var blocks: [Block] = []
        let missing = try writer.missingTrials(cells: 0..<plan.cellCount)
        var cell = 0
        while cell < plan.cellCount {
            let width = Int.random(in: 1...3, using: &generator)
            let cells = (cell..<min(cell + width, plan.cellCount)).prefix {
                missing[$0] == missing[cell] && plan.dimension(ofCell: $0) == plan.dimension(ofCell: cell)
            }
            for run in missing[cell] {
                var first = run.lowerBound
                while first < run.upperBound {
                    let length = min(Int.random(in: 1...longest, using: &generator), run.upperBound - first)
                    blocks.append(Block(cells: Array(cells), trials: first..<first + length))
                    first += length
                }
            }
            cell += cells.count
        }
        return blocks.shuffled(using: &generator)
    }
}

extension FakePlan {
    /// Some thousand trials: several tiles, and cells that end inside of them.
    public static var large: FakePlan {
        var plan = FakePlan()
        plan.rhos = [0, 0.1, 0.25, 0.5, 1]
        plan.trials = 331
        return plan
    }

    /// The same with trajectories; the last step is one that no trial reaches.
    public static var largeWithCurves: FakePlan {
        var plan = large
        plan.curveSteps = [0, 3, 4, 10, 11]
        return plan
    }

    /// Vectors beside numbers, of trials and of trajectories: of the coordinates, shorter in some cells, and of a sweep's own.
    public static var largeWithVectors: FakePlan {
        var plan = largeWithCurves
        plan.statistics = [distance, weights(), zeroGradients, iterate]
        plan.curveQuantities = ["distance_squared", "iterate", "weights"]
        plan.curveVectors = ["iterate": (.float64PerCoordinate, nil), "weights": (.float64Vector(2), "u * v")]
        return plan
    }
}
