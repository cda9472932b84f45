# Ships and boats that carry passengers, along their lines. No timetable is known: waiting is not in it.
#
# Where the duration of a crossing is known, it is used. Else 25 km/h (13.5 knots), between the 10 of a small car ferry
# and the 40 of a fast one. Judgement, not measurement: copy this file and change what you know better.
name = ferry
vehicle = foot car truck bus
mode ferry = 1

speed ferry = 25
default speed = 25
signposted = 1
most speed = 70

border = 30 min
