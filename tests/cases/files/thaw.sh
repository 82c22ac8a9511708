#!/bin/sh
echo thaw
