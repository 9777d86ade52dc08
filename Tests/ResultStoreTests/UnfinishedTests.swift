import StoreFixtures
import Testing
import TrialContract

@testable import ResultStore

@Suite struct UnfinishedTests {
    func states(_ turn: Int) -> [UnfinishedTrials] {
        (0..<turn % 3).map { index in
            UnfinishedTrials(
                cellIndices: Array(index..<index + turn), trials: turn..<turn + 8,
                state: (0..<turn * 10).map { UInt8(truncatingIfNeeded: $0 * turn + index) })
        }
    }

    @Test func statesAreCarriedToTheNextRun() throws {
        try withFolder { folder in
            let plan = FakePlan(), path = folder + "/a.h5"
            for turn in 1...7 {
                let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test, stateCapacity: 4096)
                #expect(try writer.unfinished() == states(turn - 1))
                #expect(try writer.saveUnfinished(states(turn)))
                #expect(try writer.unfinished() == states(turn))
                try plan.run(writer, limit: 20)
                try writer.finish()
                // States are no damage, and netCDF opens the file.
                #expect(try ResultReader.open(path).counts().done > 0)
                guard case .intact = try FileCheck.judge(RawFile(path: path, writable: false)) else {
                    Issue.record("not intact")
                    return
                }
            }
            if Tool.exists("ncdump") { #expect(try Tool.run("ncdump", ["-h", path]).output.contains("ubyte unfinished(copy, byte)")) }
        }
    }

    @Test func aTornWriteLeavesTheStatesBefore() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let writer = try ResultWriter.open(path: path, plan: FakePlan(), provenance: .test, stateCapacity: 8192)
            try writer.saveUnfinished(states(4))
            try writer.saveUnfinished(states(5))
            let room = try #require(ResultHeader.read(path).stateRoom)
            let file = try RawFile(path: path, writable: true)
            for copy in [0, 1] {
                let place = room.lowerBound + copy * room.count / 2 + 70
                let good = try file.read(count: 1, zero: UInt8(0), at: place, "")
                try file.write([good[0] ^ 1], at: place, "")
                #expect(try writer.unfinished() == states(copy == 0 ? 5 : 4))
                try file.write(good, at: place, "")
            }
        }
    }

    @Test func whatDoesNotFitIsNotKept() throws {
        try withFolder { folder in
            let with = try ResultWriter.open(
                path: folder + "/a.h5", plan: FakePlan(), provenance: .test, stateCapacity: 1000)
            #expect(try with.saveUnfinished(states(1)))
            let large = [UnfinishedTrials(cellIndices: [0], trials: 0..<1, state: [UInt8](repeating: 0, count: 500))]
            #expect(try !with.saveUnfinished(large))
            #expect(try with.unfinished() == states(1))
            let without = try ResultWriter.open(path: folder + "/b.h5", plan: FakePlan(), provenance: .test)
            #expect(try !without.saveUnfinished(states(1)))
            #expect(try without.unfinished().isEmpty)
        }
    }
}
