package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// Inventory is what the lab's TypeScript (vcenter-inventory.ts) asks for: the same names stand in what it seeds.
type Inventory struct {
	Datacenter string
	Clusters   []struct {
		Name          string
		Hosts         []string
		ResourcePools []string
	}
	Datastores []string
	Switch     string
	Networks   []string
	Folders    []string
	// Of the datacenter or a compute cluster, by its name.
	Tags      []struct{ Category, Name, On string }
	Templates []struct {
		Name     string
		Folder   string
		GuestID  string
		CPUs     int32
		MemoryMB int64
		DiskGB   int64
	}
	client *vim25.Client
}

func readInventory(file string) (*Inventory, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	inventory := new(Inventory)
	return inventory, json.Unmarshal(content, inventory)
}

// The order is fixed, so the same inventory has the same references after each start.
func (i *Inventory) create(ctx context.Context, client *vim25.Client) error {
	i.client = client
	dc, err := object.NewRootFolder(client).CreateDatacenter(ctx, i.Datacenter)
	if err != nil {
		return err
	}
	folders, err := dc.Folders(ctx)
	if err != nil {
		return err
	}
	hosts, err := i.createClusters(ctx, client, folders.HostFolder)
	if err != nil {
		return err
	}
	if err := i.createNetworks(ctx, client, folders.NetworkFolder, hosts); err != nil {
		return err
	}
	if err := i.createDatastores(ctx, hosts); err != nil {
		return err
	}
	return i.createMachines(ctx, client, dc, folders.VmFolder)
}

func (i *Inventory) createClusters(ctx context.Context, client *vim25.Client, folder *object.Folder) ([]*object.HostSystem, error) {
	var hosts []*object.HostSystem
	for _, wanted := range i.Clusters {
		cluster, err := folder.CreateCluster(ctx, wanted.Name, types.ClusterConfigSpecEx{})
		if err != nil {
			return nil, err
		}
		for _, name := range wanted.Hosts {
			result, err := wait(ctx)(cluster.AddHost(ctx, types.HostConnectSpec{HostName: name}, true, nil, nil))
			if err != nil {
				return nil, fmt.Errorf("host %s: %w", name, err)
			}
			hosts = append(hosts, object.NewHostSystem(client, result.(types.ManagedObjectReference)))
		}
		root, err := cluster.ResourcePool(ctx)
		if err != nil {
			return nil, err
		}
		for _, name := range wanted.ResourcePools {
			if _, err := root.Create(ctx, name, types.DefaultResourceConfigSpec()); err != nil {
				return nil, err
			}
		}
	}
	return hosts, nil
}

func (i *Inventory) createNetworks(ctx context.Context, client *vim25.Client, folder *object.Folder, hosts []*object.HostSystem) error {
	spec := types.DVSCreateSpec{ConfigSpec: &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{Name: i.Switch}}}
	result, err := wait(ctx)(folder.CreateDVS(ctx, spec))
	if err != nil {
		return err
	}
	dvs := object.NewDistributedVirtualSwitch(client, result.(types.ManagedObjectReference))
	for _, host := range hosts {
		member := types.DistributedVirtualSwitchHostMemberConfigSpec{
			Operation: string(types.ConfigSpecOperationAdd),
			Host:      host.Reference(),
		}
		config := &types.DVSConfigSpec{Host: []types.DistributedVirtualSwitchHostMemberConfigSpec{member}}
		if _, err := wait(ctx)(dvs.Reconfigure(ctx, config)); err != nil {
			return err
		}
	}
	for _, name := range i.Networks {
		spec := types.DVPortgroupConfigSpec{
			Name:     name,
			Type:     string(types.DistributedVirtualPortgroupPortgroupTypeEarlyBinding),
			NumPorts: 128,
		}
		if _, err := wait(ctx)(dvs.AddPortgroup(ctx, []types.DVPortgroupConfigSpec{spec})); err != nil {
			return err
		}
	}
	return nil
}

func (i *Inventory) createDatastores(ctx context.Context, hosts []*object.HostSystem) error {
	root, err := os.MkdirTemp("", "datastores-")
	if err != nil {
		return err
	}
	for _, name := range i.Datastores {
		dir := path.Join(root, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		for _, host := range hosts {
			system, err := host.ConfigManager().DatastoreSystem(ctx)
			if err != nil {
				return err
			}
			if _, err := system.CreateLocalDatastore(ctx, name, dir); err != nil {
				return err
			}
		}
	}
	return nil
}

func (i *Inventory) createMachines(ctx context.Context, client *vim25.Client, dc *object.Datacenter, root *object.Folder) error {
	finder := find.NewFinder(client).SetDatacenter(dc)
	for _, name := range i.Folders {
		parent := root
		if above := path.Dir(name); above != "." {
			found, err := finder.Folder(ctx, path.Join("/", i.Datacenter, "vm", above))
			if err != nil {
				return err
			}
			parent = found
		}
		if _, err := parent.CreateFolder(ctx, path.Base(name)); err != nil {
			return err
		}
	}
	for _, template := range i.Templates {
		vm, err := createMachine(ctx, client, machine{
			Name:      template.Name,
			Folder:    path.Join("/", i.Datacenter, "vm", template.Folder),
			Pool:      path.Join("/", i.Datacenter, "host", i.Clusters[0].Name, "Resources"),
			Datastore: i.Datastores[0],
			GuestID:   template.GuestID,
			CPUs:      template.CPUs,
			MemoryMB:  template.MemoryMB,
			DisksKB:   []int64{template.DiskGB << 20},
			Networks:  []networkCard{{Network: i.Networks[0]}},
		})
		if err != nil {
			return fmt.Errorf("template %s: %w", template.Name, err)
		}
		if err := vm.MarkAsTemplate(ctx); err != nil {
			return err
		}
	}
	return nil
}

// wait turns what starts a task into its result.
func wait(ctx context.Context) func(*object.Task, error) (types.AnyType, error) {
	return func(task *object.Task, err error) (types.AnyType, error) {
		if err != nil {
			return nil, err
		}
		info, err := task.WaitForResult(ctx, nil)
		if err != nil {
			return nil, err
		}
		return info.Result, nil
	}
}

// networkName asks as a Network: read as a mere ManagedEntity, a port group's name comes back empty.
func networkName(ctx context.Context, client *vim25.Client, ref types.ManagedObjectReference) (string, error) {
	var network mo.Network
	err := object.NewCommon(client, ref).Properties(ctx, ref, []string{"name"}, &network)
	return network.Name, err
}
